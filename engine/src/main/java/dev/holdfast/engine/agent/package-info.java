/** Says what an agent is, and has the threads that run agents in production. */
@NullMarked
package dev.holdfast.engine.agent;

import org.jspecify.annotations.NullMarked;
