/**
 * Decides who may call: keys, capabilities in management URLs, and the treatment of clients that
 * guess.
 */
@NullMarked
package dev.holdfast.server.http.keys;

import org.jspecify.annotations.NullMarked;
