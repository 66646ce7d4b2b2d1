/** Reads the user's settings from host.json, local.settings.json and the environment. */
@NullMarked
package dev.holdfast.host.config;

import org.jspecify.annotations.NullMarked;
