using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.UnitTests.Caching.Diagnostics;

/// <summary>Listens to the meter of one node, and to no other test's.</summary>
internal sealed class Recorded : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Series, double Value)> _measured = new();

    private Recorded(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == CacheTelemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Listens to a node, whose counts and states are published.</summary>
    public static async Task<Recorded> OfAsync(EngineFixture node)
    {
        await node.Services.GetServices<IHostedService>().OfType<CacheMeter>().Single().StartAsync(default);
        return new Recorded(node.Services.GetRequiredService<IMeterFactory>());
    }

    /// <summary>What was measured so far of a histogram's series, such as <c>neurolab.cache.load.duration{outcome=ok}</c>: names are without what is common to all.</summary>
    public IReadOnlyList<double> Values(string series) => [.. _measured.Where(one => one.Series == "neurolab.cache." + series).Select(one => one.Value)];

    /// <summary>What a series that is asked for says now; null where there is no such series.</summary>
    public double? Now(string series)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return Values(series) is [.., var last] ? last : null;
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (var (name, of) in tags)
        {
            labels.Add($"{name["neurolab.cache.".Length..]}={of}");
        }

        _measured.Enqueue((labels.Count == 0 ? instrument.Name : $"{instrument.Name}{{{string.Join(',', labels.Order(StringComparer.Ordinal))}}}", value));
    }
}
