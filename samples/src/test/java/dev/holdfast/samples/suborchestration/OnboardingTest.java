package dev.holdfast.samples.suborchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OnboardingTest {

  private final Onboarding onboarding = new Onboarding();

  @Test
  void an_account_is_named_after_person_and_team() {
    Onboarding.Person person = new Onboarding.Person("Grace", "Compilers", "id:0");

    assertThat(onboarding.createAccount(person)).isEqualTo("grace@compilers");
    assertThat(onboarding.orderLaptop(person)).isEqualTo("laptop id:0");
  }

  @Test
  void nobody_gets_no_account() {
    Onboarding.Person nobody = new Onboarding.Person(" ", "Compilers", "id:1");

    assertThatThrownBy(() -> onboarding.createAccount(nobody))
        .hasMessage("An account needs a name");
  }
}
