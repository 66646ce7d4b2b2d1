/** Which requests are let in, going by the memory that they take on their whole way. */
@NullMarked
package dev.holdfast.server.admission;

import org.jspecify.annotations.NullMarked;
