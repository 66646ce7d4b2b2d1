/** Contains the commands for people: questions to a running host, and care for its store. */
@NullMarked
package dev.holdfast.host.cli;

import org.jspecify.annotations.NullMarked;
