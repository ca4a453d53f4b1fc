/**
 * Metrics with labels on Dropwizard's registry, and what Ratis measures brought into the same form.
 *
 * <p>Dropwizard knows names only; {@link io.quorate.statemachine.metrics.MetricName} carries labels inside a name and gets them out
 * again. {@link io.quorate.statemachine.metrics.RatisMetricsBridge} is found by Ratis through its own service loader file, so
 * that nothing has to be set up before the first server is built. API: stable, except for the names of Ratis' metrics.
 */
package io.quorate.statemachine.metrics;
