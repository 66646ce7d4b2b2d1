package dev.holdfast.server.http.keys;

/** Lists the rights that a visitor of the pages may have; no right includes another one. */
public enum Level {
  /** The visitor may see instances, counts and settings, without payloads. */
  VIEW,
  /** The visitor may control instances: raise events, suspend, terminate, purge and so on. */
  OPERATE,
  /** The visitor may control the host and its keys. */
  ADMINISTER,
  /** The visitor may see inputs, outputs, custom statuses and failure texts. */
  PAYLOADS
}
