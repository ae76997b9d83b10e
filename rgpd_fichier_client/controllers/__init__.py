# journal
# datamap
# register
# consent
# retention
# request
