namespace NeuroLab.Application.ModuleName;

/// <summary>How many experiments a user created of late.</summary>
/// <param name="Experiments">How many.</param>
/// <param name="ActiveDays">On how many days, UTC.</param>
public sealed record AnswerNameResponse(int Experiments, int ActiveDays);
