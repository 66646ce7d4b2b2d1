/** Routes of HTTP functions: which function a URL means, and the way there and back. */
@NullMarked
package dev.holdfast.server.http.routes;

import org.jspecify.annotations.NullMarked;
