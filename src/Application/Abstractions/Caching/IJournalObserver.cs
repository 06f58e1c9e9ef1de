namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// Is shown every journal record that the node learns of, before a reader can rely on it. Called by one thread at a time;
/// must be quick and must not throw. A record may be shown twice, and those retained are shown again after a start.
/// </summary>
public interface IJournalObserver
{
    /// <summary>Takes notice of records.</summary>
    void OnRecords(IReadOnlyList<JournalRecord> records);
}
