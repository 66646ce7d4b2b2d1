/** Reads the user's settings: host.json, local.settings.json, the environment. */
@NullMarked
package dev.holdfast.host.config;

import org.jspecify.annotations.NullMarked;
