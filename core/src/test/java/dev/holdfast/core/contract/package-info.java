/** Tests what every store must do: extend {@link StoreContract} in the store's own module. */
@NullMarked
package dev.holdfast.core.contract;

import org.jspecify.annotations.NullMarked;
