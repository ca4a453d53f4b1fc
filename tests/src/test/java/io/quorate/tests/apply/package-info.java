/** The core that gives LSNs and applies entries, driven over every way to repeat, batch and break off, by properties. */
package io.quorate.tests.apply;
