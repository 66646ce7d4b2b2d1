/** Shows the state of a hub to people in a browser, on the pages below {@code /dashboard}. */
@NullMarked
package dev.holdfast.dashboard;

import org.jspecify.annotations.NullMarked;
