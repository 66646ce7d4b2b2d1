/** Contains the commands for people, which ask a running host or maintain its store. */
@NullMarked
package dev.holdfast.host.cli;

import org.jspecify.annotations.NullMarked;
