/** What the tests of both fronts stand on. */
@NullMarked
package dev.holdfast.server;

import org.jspecify.annotations.NullMarked;
