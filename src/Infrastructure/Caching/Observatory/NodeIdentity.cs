using Microsoft.Extensions.Options;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>Who this node is, from its start to its end. Immutable.</summary>
internal sealed class NodeIdentity
{
    private const int ShownDigits = 4;

    /// <summary>Makes an identity that no other node has, nor this one after another start.</summary>
    public NodeIdentity(IOptions<CacheOptions> options, TimeProvider clock)
    {
        Id = Guid.NewGuid();
        StartedAt = clock.UtcNow();
        Name = options.Value.NodeName ?? $"node-{Id.ToString("N")[..ShownDigits]}";
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; }

    /// <summary>Its name for people.</summary>
    public string Name { get; }

    /// <summary>When it started, UTC.</summary>
    public DateTime StartedAt { get; }
}
