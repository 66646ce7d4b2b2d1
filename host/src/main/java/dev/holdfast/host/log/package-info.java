/** What the host tells on its console. */
@NullMarked
package dev.holdfast.host.log;

import org.jspecify.annotations.NullMarked;
