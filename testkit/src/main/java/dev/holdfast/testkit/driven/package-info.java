/** A task hub without threads: time, the store's moods and every answer are in the test's hand. */
@NullMarked
package dev.holdfast.testkit.driven;

import org.jspecify.annotations.NullMarked;
