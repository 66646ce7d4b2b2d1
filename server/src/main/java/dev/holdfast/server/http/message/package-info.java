/**
 * Holds the words that every part of the HTTP front shares: a request, a reply, and what answers
 * one with the other. Nothing here knows the server that carries them, or another part of the
 * front.
 */
@NullMarked
package dev.holdfast.server.http.message;

import org.jspecify.annotations.NullMarked;
