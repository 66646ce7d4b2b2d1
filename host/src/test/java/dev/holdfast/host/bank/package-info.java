/** An app whose orchestrator holds locks in a block; it is loaded from a folder of its own. */
@NullMarked
package dev.holdfast.host.bank;

import org.jspecify.annotations.NullMarked;
