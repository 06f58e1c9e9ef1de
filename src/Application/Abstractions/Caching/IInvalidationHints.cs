namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// Tells other nodes that the journal has grown, so that they need not wait for their next poll. Nothing depends on a hint's arrival. Thread-safe.
/// </summary>
public interface IInvalidationHints
{
    /// <summary>Sends a hint to the other nodes, behind the caller: it neither waits nor throws.</summary>
    void Publish();

    /// <summary>Calls back at every hint of another node, from now on; the call must be quick and must not throw. Once a process.</summary>
    void Subscribe(Action onHint);
}
