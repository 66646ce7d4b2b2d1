/**
 * Stores a task hub in one SQLite file: {@link dev.holdfast.stores.sqlite.SqliteStore} is the
 * running store, {@link dev.holdfast.stores.sqlite.SqliteFiles} makes, restores and verifies
 * backups.
 *
 * <p>The code in this package must not open or close the database file or its {@code -shm} by
 * Java's own I/O while SQLite has it open in this process: on Unix, closing any descriptor of a
 * file drops the locks that SQLite holds on it. Reading the size of a file is allowed.
 */
@NullMarked
package dev.holdfast.stores.sqlite;

import org.jspecify.annotations.NullMarked;
