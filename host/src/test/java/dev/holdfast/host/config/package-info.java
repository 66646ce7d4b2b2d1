@NullMarked
package dev.holdfast.host.config;

import org.jspecify.annotations.NullMarked;
