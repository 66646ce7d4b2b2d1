package dev.holdfast.host.config;

/**
 * What {@code extensions.holdfast} in host.json says of what people are told.
 *
 * @param reasonAsOutput whether the output of a failed instance is what its code threw; otherwise
 *     it is what the library that ran it reports, as in the cloud
 */
public record Telling(boolean reasonAsOutput) {

  static Telling read(Section section) {
    return new Telling(section.word("failureOutput", "cloud", "cloud", "reason").equals("reason"));
  }
}
