/**
 * Certificates and keys from PEM files, checked when they are loaded: readable, of a known form, belonging together, in date.
 * API: internal.
 */
package io.quorate.cli.tls;
