package dev.holdfast.samples.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.holdfast.orchestrations.entities.EntityContext;
import dev.holdfast.orchestrations.entities.EntityId;
import org.junit.jupiter.api.Test;

/** An entity is a class like any other. */
class BankTest {

  private final Bank.Account account = new Bank.Account();
  private final EntityContext context = mock(EntityContext.class);

  @Test
  void what_is_paid_in_can_be_taken_out_and_no_more() {
    account.deposit(100, context);

    assertThat(account.withdraw(60)).isEqualTo(40);
    assertThatThrownBy(() -> account.withdraw(41)).hasMessage("There are only 40");
    assertThat(account.balance()).isEqualTo(40);
    verifyNoMoreInteractions(context);
  }

  @Test
  void luck_is_counted() {
    account.deposit(5000, context);

    verify(context).signal(new EntityId("Counter", "lucky"), "add", 1);
  }

  @Test
  void nothing_is_no_amount() {
    assertThatThrownBy(() -> account.deposit(0, context)).hasMessageContaining("more than nothing");
    assertThatThrownBy(() -> account.withdraw(-1)).hasMessageContaining("more than nothing");
  }
}
