package dev.holdfast.samples.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordCountTest {

  @ParameterizedTest
  @CsvSource({"'to be or not to be', 6", "'  one ', 1", "'', 0", "'   ', 0", "'a\tb', 2"})
  void counts_words(String words, int expected) {
    assertThat(new WordCount().countWords(new WordCount.Text(words))).isEqualTo(expected);
  }
}
