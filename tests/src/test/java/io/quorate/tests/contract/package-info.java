/**
 * What every implementation of an SPI must do, as test suites to be extended: one subclass with a factory method runs all of it.
 */
package io.quorate.tests.contract;
