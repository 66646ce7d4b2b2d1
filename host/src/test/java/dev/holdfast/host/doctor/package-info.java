@NullMarked
package dev.holdfast.host.doctor;

import org.jspecify.annotations.NullMarked;
