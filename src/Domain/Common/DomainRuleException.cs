namespace NeuroLab.Domain.Common;

/// <summary>A rule of the domain was broken. Names the field, so that a client can be told what to mend.</summary>
public sealed class DomainRuleException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="field">The field in the client's words: snake_case, with dots for nesting (<c>parameters.trials</c>).</param>
    /// <param name="message">What is wrong and what would be right; safe to show to a client.</param>
    public DomainRuleException(string field, string message) : base(message) => Field = field;

    /// <summary>The field in the client's words: snake_case, with dots for nesting.</summary>
    public string Field { get; }
}
