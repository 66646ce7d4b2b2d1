package dev.holdfast.server.http.keys;

/** Lists what a visitor of the pages may do; each level is given by itself. */
public enum Level {
  /** The visitor may see instances, counts and settings, without what they carry. */
  VIEW,
  /** The visitor may steer instances: raise events, suspend, terminate, purge and so on. */
  OPERATE,
  /** The visitor may steer the host and its keys. */
  ADMINISTER,
  /** The visitor may see inputs, outputs, custom statuses and failure texts. */
  PAYLOADS
}
