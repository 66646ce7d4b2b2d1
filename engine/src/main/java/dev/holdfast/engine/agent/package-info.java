/** Defines agents, and contains the threads that run them in production. */
@NullMarked
package dev.holdfast.engine.agent;

import org.jspecify.annotations.NullMarked;
