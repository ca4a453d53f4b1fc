/**
 * What is made of a comparison: a table for people, one JSON object, and a page with charts.
 *
 * <p>The page is one file without scripts or references to anything outside; its charts are SVG drawn here. It is
 * well-formed XML and follows the reader's light or dark setting.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.report;
