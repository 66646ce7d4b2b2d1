/** Makes new projects for users from the samples. */
@NullMarked
package dev.holdfast.host.project;

import org.jspecify.annotations.NullMarked;
