package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.MailProto.EntityAnswer;
import dev.holdfast.core.MailProto.Mail;
import dev.holdfast.core.MailProto.Resolution;
import dev.holdfast.core.MailProto.Rewinding;
import dev.holdfast.core.MailProto.Sent;
import dev.holdfast.core.MailProto.Termination;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes messages between instances as bytes, so that they survive a crash that happens
 * before their target has received them.
 *
 * <p>The keyed records of namespace {@link #NAMESPACE} hold them; each name is unique and sorts by
 * the order of sending within a partition.
 */
public final class Mailbag {
  public static final String NAMESPACE = "mail";

  private Mailbag() {}

  /**
   * Returns whether the input is a message from another instance, which a commit already records as
   * sent.
   */
  public static boolean isMail(Input.ToInstance input) {
    if (input instanceof Input.Terminate terminate) {
      return terminate.asker() == null;
    }
    if (input instanceof Input.Rewind rewind) {
      return rewind.asker() == null;
    }
    return input instanceof Input.StartChild
        || input instanceof Input.Send
        || input instanceof Input.Operate
        || input instanceof Input.EntityAnswered
        || input instanceof Input.ChildGone
        || input instanceof Input.Resolve;
  }

  public static ByteString bytes(Input.ToInstance input) {
    Mail.Builder mail = Mail.newBuilder().setTarget(input.instanceId());
    if (input instanceof Input.StartChild child) {
      mail.setStartChild(child.started());
    } else if (input instanceof Input.Send send) {
      Sent.Builder sent = Sent.newBuilder().setName(send.name());
      if (send.input() != null) {
        sent.setInput(StringValue.of(send.input()));
      }
      mail.setSend(sent);
    } else if (input instanceof Input.Resolve resolve) {
      mail.setResolve(
          Resolution.newBuilder().setParent(resolve.parent()).setOutcome(resolve.outcome()));
    } else if (input instanceof Input.Terminate terminate) {
      Termination.Builder end = Termination.newBuilder().setRecursive(terminate.recursive());
      if (terminate.output() != null) {
        end.setOutput(StringValue.of(terminate.output()));
      }
      if (terminate.onlyChildOf() != null) {
        end.setOnlyChildOf(terminate.onlyChildOf());
      }
      mail.setTerminate(end);
    } else if (input instanceof Input.Rewind rewind) {
      Rewinding.Builder back = Rewinding.newBuilder();
      if (rewind.reason() != null) {
        back.setReason(StringValue.of(rewind.reason()));
      }
      if (rewind.restart() != null) {
        back.setRestart(rewind.restart());
      }
      mail.setRewind(back);
    } else if (input instanceof Input.ChildGone gone) {
      mail.setChildGone(
          MailProto.ChildGone.newBuilder().setChildId(gone.childId()).setReason(gone.reason()));
    } else if (input instanceof Input.Operate operate) {
      mail.setOperate(operate.message());
    } else if (input instanceof Input.EntityAnswered answered) {
      EntityAnswer.Builder answer =
          EntityAnswer.newBuilder()
              .setRequestId(answered.requestId())
              .setOutcome(answered.outcome())
              .addAllLockSet(answered.lockSet());
      if (answered.executionId() != null) {
        answer.setExecutionId(StringValue.of(answered.executionId()));
      }
      mail.setAnswer(answer);
    } else {
      throw new IllegalStateException("expected mail, but got " + input);
    }
    return mail.build().toByteString();
  }

  /**
   * Reads the input that {@link #bytes} wrote.
   *
   * @throws StoreException the bytes are not mail
   */
  public static Input.ToInstance input(ByteString bytes) {
    Mail mail;
    try {
      mail = Mail.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException(
          "expected a message between instances, but the record does not parse", e);
    }
    String target = mail.getTarget();
    return switch (mail.getContentCase()) {
      case STARTCHILD -> new Input.StartChild(target, mail.getStartChild());
      case SEND ->
          new Input.Send(
              target,
              mail.getSend().getName(),
              mail.getSend().hasInput() ? mail.getSend().getInput().getValue() : null);
      case RESOLVE ->
          new Input.Resolve(mail.getResolve().getParent(), mail.getResolve().getOutcome());
      case TERMINATE ->
          new Input.Terminate(
              target,
              value(mail.getTerminate().hasOutput(), mail.getTerminate().getOutput()),
              mail.getTerminate().getRecursive(),
              mail.getTerminate().hasOnlyChildOf() ? mail.getTerminate().getOnlyChildOf() : null,
              null);
      case REWIND ->
          new Input.Rewind(
              target,
              value(mail.getRewind().hasReason(), mail.getRewind().getReason()),
              mail.getRewind().hasRestart() ? mail.getRewind().getRestart() : null,
              null);
      case CHILDGONE ->
          new Input.ChildGone(
              target, mail.getChildGone().getChildId(), mail.getChildGone().getReason());
      case OPERATE -> new Input.Operate(target, mail.getOperate());
      case ANSWER ->
          new Input.EntityAnswered(
              target,
              value(mail.getAnswer().hasExecutionId(), mail.getAnswer().getExecutionId()),
              mail.getAnswer().getRequestId(),
              mail.getAnswer().getOutcome(),
              mail.getAnswer().getLockSetList());
      case CONTENT_NOT_SET ->
          throw new StoreException("expected a message between instances, but it is empty");
    };
  }

  private static @Nullable String value(boolean present, StringValue text) {
    return present ? text.getValue() : null;
  }
}
