using NeuroLab.Domain.Common;

namespace NeuroLab.Domain.Experiments;

/// <summary>
/// One mock experiment of one user. It is created running and ends completed, with a result, or failed, without one.
/// Not thread-safe: one unit of work holds it.
/// </summary>
public sealed class Experiment
{
    /// <summary>Greatest length of a name, in Unicode characters (code points), after trimming.</summary>
    public const int MaxNameLength = 200;

    /// <summary>One sentence for a client: what a name has to be.</summary>
    public const string NameRequirement = "Must have 1 to 200 characters after trimming, and no control characters.";

    private Experiment()
    {
        Name = "";
        Parameters = null!;
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; private set; }

    /// <summary>Its owner.</summary>
    public Guid UserId { get; private set; }

    /// <summary>Its name: 1 to 200 characters, trimmed, without control characters.</summary>
    public string Name { get; private set; }

    /// <summary>Its type.</summary>
    public ExperimentType Type { get; private set; }

    /// <summary>Its parameters; of the record that belongs to <see cref="Type"/>.</summary>
    public ExperimentParameters Parameters { get; private set; }

    /// <summary>Where it stands.</summary>
    public ExperimentStatus Status { get; private set; }

    /// <summary>When it was created, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; private set; }

    /// <summary>Starts an experiment.</summary>
    /// <exception cref="DomainRuleException">The name is empty, too long, or has control characters.</exception>
    public static Experiment Start(Guid id, Guid userId, string name, ExperimentParameters parameters, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new Experiment
        {
            Id = id,
            UserId = userId,
            Name = CheckedName(name),
            Type = parameters.Type,
            Parameters = parameters,
            Status = ExperimentStatus.Running,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }

    /// <summary>Ends it with a result.</summary>
    public void Complete(DateTime now) => End(ExperimentStatus.Completed, now);

    /// <summary>Ends it without a result.</summary>
    public void Fail(DateTime now) => End(ExperimentStatus.Failed, now);

    /// <summary>Gives it another name.</summary>
    /// <exception cref="DomainRuleException">The name is empty, too long, or has control characters.</exception>
    public void Rename(string name, DateTime now)
    {
        Name = CheckedName(name);
        UpdatedAt = now;
    }

    private void End(ExperimentStatus status, DateTime now)
    {
        if (Status is not (ExperimentStatus.Pending or ExperimentStatus.Running))
        {
            throw new InvalidOperationException($"An experiment that is {Status} cannot become {status}.");
        }

        Status = status;
        UpdatedAt = now;
    }

    /// <summary>Whether a name may be given, once it is trimmed.</summary>
    public static bool IsValidName(string? name) =>
        name?.Trim() is { Length: > 0 and <= 2 * MaxNameLength } trimmed && PlainText.IsPlain(trimmed) && trimmed.EnumerateRunes().Count() <= MaxNameLength;

    private static string CheckedName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsValidName(name) ? name.Trim() : throw new DomainRuleException("name", NameRequirement);
    }
}
