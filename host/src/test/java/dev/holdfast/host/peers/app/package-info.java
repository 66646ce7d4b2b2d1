/** An app that does what has gone wrong with other engines. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.host.peers.app;
