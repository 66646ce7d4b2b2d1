/** Makes projects of users' own from the samples. */
@NullMarked
package dev.holdfast.host.project;

import org.jspecify.annotations.NullMarked;
