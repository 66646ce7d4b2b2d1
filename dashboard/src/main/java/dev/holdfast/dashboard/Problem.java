package dev.holdfast.dashboard;

/**
 * Says why a page cannot be shown or an action was not done.
 *
 * @param heading the problem in a few words
 * @param words the cause and the cure
 * @param back the link to continue with
 * @param backWords the words of that link
 */
public record Problem(String heading, String words, String back, String backWords) {}
