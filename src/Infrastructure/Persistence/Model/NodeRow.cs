namespace NeuroLab.Infrastructure.Persistence.Model;

/// <summary>A node among those that share the database.</summary>
internal sealed class NodeRow
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was last entered, UTC, by the database's clock.</summary>
    public required DateTime SeenAt { get; init; }

    /// <summary>How it was then, as JSON.</summary>
    public required string Status { get; init; }
}
