namespace NeuroLab.Domain.Experiments;

/// <summary>What one parameter may be. Immutable.</summary>
/// <param name="Name">Its name, in snake_case.</param>
public abstract record ParameterRule(string Name)
{
    /// <summary>One sentence for a client: what would be right.</summary>
    public abstract string Requirement { get; }
}

/// <summary>A parameter that is a whole number.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Minimum">The least it may be.</param>
/// <param name="Maximum">The most it may be.</param>
public sealed record NumberRule(string Name, int Default, int Minimum, int Maximum) : ParameterRule(Name)
{
    /// <inheritdoc />
    public override string Requirement => $"Must be a whole number from {Minimum} to {Maximum}.";
}

/// <summary>A parameter that is one of a few words.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Choices">The words; the first is the default.</param>
public sealed record ChoiceRule(string Name, IReadOnlyList<string> Choices) : ParameterRule(Name)
{
    /// <inheritdoc />
    public override string Requirement => $"Must be one of: {string.Join(", ", Choices)}.";
}

/// <summary>Parameters, or what is wrong with them.</summary>
/// <param name="Parameters">The parameters; null exactly when there are errors.</param>
/// <param name="Errors">Field (<c>parameters.trials</c>) to one sentence that says what would be right; empty when all is well.</param>
public sealed record ParametersOutcome(ExperimentParameters? Parameters, IReadOnlyDictionary<string, string> Errors);
