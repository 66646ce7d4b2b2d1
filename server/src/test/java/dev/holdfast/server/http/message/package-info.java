@NullMarked
package dev.holdfast.server.http.message;

import org.jspecify.annotations.NullMarked;
