package dev.holdfast.host.config;

/**
 * What {@code extensions.holdfast} in host.json says of what people are told.
 *
 * @param reasonAsOutput whether the output of a failed instance is what its code threw; otherwise
 *     it is what the library that ran it reports, as in the cloud
 * @param json whether the console gets a line of JSON for each record
 * @param fileSize at how many bytes a file of the log in the data folder is put aside
 * @param files how many such files are kept besides the one that is written; 0 writes none
 */
public record Telling(boolean reasonAsOutput, boolean json, long fileSize, int files) {
  private static final long MIB = 1 << 20;

  static Telling read(Section section) {
    Section log = section.section("log");
    return new Telling(
        section.word("failureOutput", "cloud", "cloud", "reason").equals("reason"),
        log.word("format", "text", "text", "json").equals("json"),
        log.bytes("fileSize", 10 * MIB, 64 * 1024, 1L << 30),
        log.whole("files", 5, 0, 100));
  }
}
