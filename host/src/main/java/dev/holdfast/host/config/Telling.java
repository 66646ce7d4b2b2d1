package dev.holdfast.host.config;

/**
 * Holds the settings of {@code extensions.holdfast} in host.json about outputs of failures and
 * about the log.
 *
 * @param reasonAsOutput whether the output of a failed instance is the exception of its code;
 *     otherwise it is the report of the library that ran the code, as in Azure Functions
 * @param json whether the console gets a line of JSON for each record
 * @param fileSize the number of bytes at which a log file in the data folder is rotated
 * @param files how many rotated files are kept besides the current one; 0 means that no files are
 *     written
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
