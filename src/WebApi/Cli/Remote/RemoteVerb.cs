namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>A verb that asks a running service. Immutable.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Usage">What it is written with.</param>
/// <param name="LeastWords">The fewest words behind it.</param>
/// <param name="MostWords">The most.</param>
/// <param name="RunAsync">Asks the service; answers with the exit code.</param>
internal sealed record RemoteVerb(string Name, string Usage, int LeastWords, int MostWords, Func<RemoteService, RemoteArguments, RemoteOutput, Task<int>> RunAsync)
{
    /// <summary>How long it waits for one answer if nothing else is asked for: longer than the service takes for one request by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether it is for the administrator. The key is sent with no other.</summary>
    public bool NeedsKey { get; init; } = true;

    /// <summary>Whether it takes <c>--live</c>.</summary>
    public bool TakesLive { get; init; }

    /// <summary>Whether it takes <c>--limit</c>.</summary>
    public bool TakesLimit { get; init; }
}
