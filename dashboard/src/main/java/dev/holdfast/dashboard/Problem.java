package dev.holdfast.dashboard;

/**
 * Says why a page cannot be shown or an action was not done.
 *
 * @param heading what happened, in a few words
 * @param words the cause and the way out
 * @param back the link that leads on
 * @param backWords the words of that link
 */
public record Problem(String heading, String words, String back, String backWords) {}
