/** Functions whose failures, waits and log lines tests look at. */
@NullMarked
package dev.holdfast.host.told;

import org.jspecify.annotations.NullMarked;
