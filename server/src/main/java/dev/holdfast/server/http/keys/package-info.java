/** Who may call: keys, capabilities in management URLs, and what happens to those who guess. */
@NullMarked
package dev.holdfast.server.http.keys;

import org.jspecify.annotations.NullMarked;
