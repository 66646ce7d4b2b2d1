/**
 * Defines the types that all parts of the HTTP front share: requests, replies, and endpoints that
 * answer requests. The package knows neither the server software nor other parts of the front.
 */
@NullMarked
package dev.holdfast.server.http.message;

import org.jspecify.annotations.NullMarked;
