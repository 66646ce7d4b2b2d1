/**
 * Tests orchestrations, activities and entities of an app on the real engine, in memory and in
 * virtual time.
 *
 * <p>{@link dev.holdfast.testkit.HoldfastTest} on a test class passes a {@link
 * dev.holdfast.testkit.TestHub} to each test; {@link dev.holdfast.testkit.TestHub#builder} makes a
 * hub without JUnit.
 */
@NullMarked
package dev.holdfast.testkit;

import org.jspecify.annotations.NullMarked;
