/** Shows a hub to a person: the pages below {@code /dashboard}. */
@NullMarked
package dev.holdfast.dashboard;

import org.jspecify.annotations.NullMarked;
