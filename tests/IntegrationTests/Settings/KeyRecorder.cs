using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace NeuroLab.IntegrationTests.Settings;

/// <summary>A source of configuration that has nothing and notes down every key that it is asked for. As the last source it is asked first. Thread-safe.</summary>
internal sealed class KeyRecorder : IConfigurationSource, IConfigurationProvider
{
    private readonly ConcurrentDictionary<string, byte> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys that were read, and sections whose children were asked for.</summary>
    public IReadOnlyCollection<string> Keys => [.. _keys.Keys];

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public bool TryGet(string key, out string? value)
    {
        _keys.TryAdd(key, 0);
        value = null;
        return false;
    }

    public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        if (parentPath is not null)
        {
            _keys.TryAdd(parentPath, 0);
        }

        return earlierKeys;
    }

    public void Set(string key, string? value)
    {
    }

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    public void Load()
    {
    }
}
